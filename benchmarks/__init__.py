"""What gradients cost: `python -m benchmarks`, from a checkout.

    harness      workloads, candidates, agreement, interleaved measuring
    peers        the other libraries, run on the same code or on their own version of it
    once         first call and peak of memory of each workload
    costs        what a user pays besides the gradient itself: imports, overhead, growth
    table        medians and ratios as text
    adbench      inputs of the ADBench suite
    workloads    one program a file: the primal, an expert's hand-written gradient, inputs, the peers' versions
"""
