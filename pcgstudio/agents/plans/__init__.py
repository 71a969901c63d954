"""From demands to the steps of a recipe, and the solvers that fit them."""
