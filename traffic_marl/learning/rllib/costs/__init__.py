"""The costs of an iteration as runners and learners measure them, and the balance among the runners."""
