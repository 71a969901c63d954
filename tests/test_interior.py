import numpy as np
import pytest

from pcgstudio import interior
from pcgstudio.world import CELLS, ROLES, Grid, Layer, World

CODES = {"#": "wall", ".": "rock", "+": "door", "-": "corridor", "X": "door", "k": "floor", "~": "water"}
ROLE_OF = {"X": "lock", "k": "key"}


def drawn(text, roles=None, scale=1):
    """A world from a drawing: digits are room floors, + doors, - corridors, X locked doors, k a key in room 1.

    A key takes the room of the digit to its left.
    """
    rows = [r.strip() for r in text.strip().splitlines()]
    cell, room, role = (np.zeros((len(rows), len(rows[0])), dtype=np.int32) for _ in range(3))
    for r, row in enumerate(rows):
        for c, sign in enumerate(row):
            cell[r, c] = CELLS.index("floor" if sign.isdigit() else CODES[sign])
            if sign.isdigit():
                room[r, c] = int(sign)
                role[r, c] = ROLES.index((roles or {}).get(int(sign), "none"))
            if sign == "k":
                room[r, c] = room[r, c - 1]
            if sign in ROLE_OF:
                role[r, c] = ROLES.index(ROLE_OF[sign])
    cell, room, role = (np.kron(a, np.ones((scale, scale), dtype=np.int32)) for a in (cell, room, role))
    layers = {
        "cell": Layer.named(cell, CELLS),
        "room": Layer(room.astype(np.int32), kind="categorical"),
        "role": Layer.named(role, ROLES),
    }
    return World(Grid(*cell.shape, 1.0 / scale), layers)


CHAIN = """
#################
#111#222###333###
#111+222+--+333.#
#111#222###333###
#################
"""

RING = """
###############
#11---------22#
#11#########22#
#-###########-#
#-###########-#
#33#########44#
#33---------44#
###############
"""


@pytest.mark.parametrize("scale", [1, 3])
def test_rooms_meet_through_doors_and_corridors_but_not_through_other_rooms(scale):
    assert interior.room_graph(drawn(CHAIN, scale=scale)) == {1: {2}, 2: {1, 3}, 3: {2}}


def test_rooms_on_one_corridor_all_meet():
    world = drawn("""
    #########
    #11#22#3#
    #-##-##-#
    #-------#
    #########
    """)
    assert interior.room_graph(world) == {1: {2, 3}, 2: {1, 3}, 3: {1, 2}}


def test_open_walls_join_rooms():
    assert interior.room_graph(drawn("#1122#"))[1] == {2}


@pytest.mark.parametrize("scale", [1, 2])
def test_a_ring_has_one_loop_and_a_chain_none(scale):
    assert interior.loops(drawn(RING, scale=scale)) == 1
    assert interior.loops(drawn(CHAIN, scale=scale)) == 0


def test_reachable_counts_from_the_entrance_or_else_the_largest_group():
    text = """
    ###########
    #11+22#333#
    ###########
    """
    assert interior.reachable(drawn(text)) == pytest.approx(2 / 3)
    assert interior.reachable(drawn(text, {3: "entrance"})) == pytest.approx(1 / 3)
    assert interior.reachable(drawn(CHAIN, {3: "entrance"})) == 1


def test_diagonal_contact_is_no_way():
    assert interior.reachable(drawn("#1#\n##2")) == pytest.approx(0.5)


@pytest.mark.parametrize("scale", [1, 2, 5])
def test_dead_ends_are_blind_corridors_and_nothing_else(scale):
    world = drawn(
        """
    ###############
    #111---------##
    #111#-####-##-#
    #111#-####-##-#
    #####-####-##-#
    #####-####222##
    ##########222##
    ###############
    """,
        scale=scale,
    )
    # one to the south of the first branch; the piece in the east is blind at both ends
    assert interior.dead_ends(world) == 3
    assert interior.dead_ends(drawn(RING, scale=scale)) == 0
    assert interior.dead_ends(drawn(CHAIN, scale=scale)) == 0


def test_a_wide_blind_corridor_is_one_end_and_its_bends_are_none():
    world = drawn("""
    ############
    #11------###
    #11------###
    #######--###
    #######--###
    #######--###
    #####----###
    #####----###
    ############
    """)
    assert interior.dead_ends(world) == 1


def test_a_wide_corridor_that_turns_into_a_narrow_door_is_no_dead_end():
    world = drawn("""
    ##########
    #11-----##
    #11-----##
    #####+####
    ####222###
    ##########
    """)
    assert interior.dead_ends(world) == 1
    assert interior.dead_ends(drawn("##########\n#11----###\n#11----###\n#####+####\n####222###")) == 0


def test_a_maze_without_rooms_has_its_ends_counted():
    world = drawn("""
    #########
    #-------#
    #-#-#-#-#
    #-#-#-#-#
    #########
    """)
    assert interior.dead_ends(world) == 4


def test_a_door_must_lead_somewhere():
    assert interior.blind_doors(drawn(CHAIN)) == 0
    assert interior.blind_doors(drawn("#11+#22#")) == 1


def test_keys_before_locks():
    roles = {1: "entrance", 3: "boss"}
    assert interior.solvable(drawn("#11k1#222#\n#1111X222#\n######+###\n#####333##", roles)) == 1
    assert interior.solvable(drawn("#1111#22k#\n#1111X222#\n######+###\n#####333##", roles)) == 0
    assert interior.solvable(drawn("#111+222+333#", roles)) == 1
    assert interior.solvable(drawn("#111+222#333#", roles)) == 0


def test_some_order_of_opening_is_enough():
    # the key in 1 must open the way to 2, where the key to 3 lies; opening 3 first would be the end
    world = drawn("#333X11k1X22k#", {1: "entrance", 3: "boss"})
    assert interior.solvable(world) == 1
    # one key, two locks, nothing behind the first
    assert interior.solvable(drawn("#333X11k1X222#", {1: "entrance"})) == 0


@pytest.mark.parametrize("scale", [1, 4])
def test_paths_are_measured_in_metres_and_do_not_cut_corners(scale):
    world = drawn("#11----22#", {1: "entrance", 2: "exit"}, scale)
    assert interior.path_length_m(world, "entrance", "exit") == pytest.approx(4 + 1 / scale, abs=1e-5)
    corner = drawn("1-\n#2", {1: "entrance", 2: "exit"})
    assert interior.path_length_m(corner, "entrance", "exit") == pytest.approx(2)
    assert interior.path_length_m(world, "entrance", "boss") is None
    assert interior.path_length_m(drawn("1#2", {1: "entrance", 2: "exit"}), "entrance", "exit") is None


def test_a_world_without_an_interior_has_nothing_to_measure():
    world = World(Grid(8, 8, 1.0))
    assert interior.room_graph(world) == {}
    assert interior.blind_doors(world) == 0
    for measure in (interior.reachable, interior.loops, interior.dead_ends, interior.solvable):
        assert measure(world) is None
