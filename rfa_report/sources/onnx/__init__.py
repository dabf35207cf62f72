"""ONNX graphs -> Recordings, in the operators that the rule book knows.

* `file`: the file as plain data. Weights are left where they are; `weights` reads a stored tensor when its numbers say
  where something is read, how large something is, or that something is hidden.
* `run`: the nodes in their order, with the shapes that follow from the input's size. Nodes on which the input has no
  influence are computed (`arithmetic`): the chains of shapes that exporters write are constants. Each other node is
  handed to the function of its operator.
* `places`: where each node stands in the model: by the names of weights (`layer1.0.conv1.weight`), by the scopes that
  exporters note, by the names of nodes (`/layer1/layer1.0/conv1/Conv`).
* `operators`: a table from ONNX operators to functions that record, on a `tape`, what the operator does in ATen's
  words: one file for each family. An operator without a function that ONNX defines by others is replaced by those. What
  remains is recorded under its own name, which no rule knows: it is run in onnxruntime, where that is installed, to see
  what it depends on (`measuring`), or it is not judged, by name.

Dimensions of the input that a file leaves open follow the resolution; a file that fixes them accepts no other.
"""
