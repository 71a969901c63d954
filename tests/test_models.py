"""The models of trees, rocks and props, and the palette they take their colours from."""

import numpy as np
import pytest

from pcgstudio.errors import PCGError
from pcgstudio.models import SPECIES, VARIANTS, footprint, model, scaling
from pcgstudio.palette import load_palette
from pcgstudio.world import BIOMES

# Machado, Oliveira, Fernandes 2009, full strength, on linear light
DEFICIENCIES = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


LANDMARKS = {
    "church": 150, "town hall": 150, "apartment block": 200, "tower block": 150, "tower": 180, "gate": 440,
    "arch bridge": 180, "long bridge": 360, "viaduct": 720, "keep": 400, "wooden bridge": 240,
    "gorge bridge": 180, "ruin": 420,
    "watchtower": 180, "lighthouse": 230, "windmill": 180, "temple": 300, "inn": 180, "fountain": 180,
}  # fmt: skip
"""Triangles of what stands by the dozen, not by the thousand."""


def corners(part):
    return (part.vertices[part.faces[:, k]] for k in range(3))


@pytest.mark.parametrize("species", SPECIES)
@pytest.mark.parametrize("seed", range(VARIANTS))
def test_a_model_is_one_unit_high_light_and_stands_on_the_ground(species, seed):
    parts = model(species, seed)
    z = np.concatenate([p.vertices[:, 2] for p in parts])
    assert z.min() == pytest.approx(0, abs=1e-6)
    assert z.max() == pytest.approx(1, abs=1e-6)
    assert 20 <= sum(len(p.faces) for p in parts) <= LANDMARKS.get(species, 120)


@pytest.mark.parametrize("species", SPECIES)
def test_no_triangle_is_degenerate_and_solids_face_outward(species):
    for part in model(species):
        a, b, c = corners(part)
        assert (np.linalg.norm(np.cross(b - a, c - a), axis=1) > 1e-5).all()
        if not part.two_sided:
            assert np.einsum("ij,ij->i", a, np.cross(b, c)).sum() > 0


def test_a_seed_gives_the_same_model_and_seeds_differ():
    assert model("conifer", 1) is model("conifer", 1 + VARIANTS)
    shapes = {model("broadleaf", k)[1].vertices.tobytes() for k in range(VARIANTS)}
    assert len(shapes) == VARIANTS


def test_scaling_fits_a_model_to_a_size():
    factors = scaling("conifer", np.array([[3, 4, 9], [0, 0, 5]], dtype=np.float32))
    length, width = footprint("conifer")
    assert factors[0] * [length, width, 1] == pytest.approx([3, 4, 9], rel=1e-5)
    assert factors[1] == pytest.approx([5, 5, 5])


def test_trees_have_a_trunk_and_a_crown():
    for species in ("conifer", "broadleaf", "palm"):
        trunk, crown = model(species)
        assert trunk.vertices[:, 2].min() == 0
        assert crown.vertices[:, 2].mean() > trunk.vertices[:, 2].mean()
        assert trunk.colour != crown.colour


def test_an_unknown_species_is_named_with_the_nearest_known_one():
    with pytest.raises(PCGError, match="did you mean 'conifer'"):
        model("conifr")


def test_every_biome_has_a_sunlit_and_a_darker_shaded_tone():
    tones = load_palette().biome_tones()
    assert tones.shape == (len(BIOMES), 2, 3)
    assert (tones[:, 0].mean(axis=1) > tones[:, 1].mean(axis=1) + 0.1).all()


def lab(linear):
    xyz = linear @ np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]).T
    f = np.cbrt(np.maximum(xyz / [0.95, 1, 1.089], 0.0089))
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


@pytest.mark.parametrize("deficiency", DEFICIENCIES)
def test_biomes_are_told_apart_with_colour_vision_deficiency(deficiency):
    biomes = load_palette().biomes
    names = [n for n in BIOMES if n not in ("none", "ocean", "lake", "river")]
    tones = np.array([biomes[n][0] for n in names]) / 255
    linear = np.where(tones <= 0.04045, tones / 12.92, ((tones + 0.055) / 1.055) ** 2.4)
    seen = lab(np.clip(linear @ np.array(DEFICIENCIES[deficiency]).T, 0, 1))
    away = np.linalg.norm(seen[:, None] - seen[None], axis=2) + 99 * np.eye(len(names))
    closest = np.unravel_index(away.argmin(), away.shape)
    assert away.min() > 4.5, f"{names[closest[0]]} and {names[closest[1]]} look alike"


def test_an_unknown_material_is_named():
    with pytest.raises(PCGError, match="no material 'wal'"):
        load_palette().material("wal")
