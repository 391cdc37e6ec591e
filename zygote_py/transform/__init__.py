"""From planned core code to the forward and the reverse sweep."""
