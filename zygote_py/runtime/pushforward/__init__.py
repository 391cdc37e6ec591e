"""What generated code of forward mode calls: tangents of slots, calls, loads and stores, iteration, containers."""
