"""Learning from recorded decisions through RLlib."""
