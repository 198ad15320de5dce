/// tiny_onnx FAMILY SIDE CELL FILE: see support/tiny_onnx.h.
#include <cstdlib>
#include <fstream>

#include "support/tiny_onnx.h"

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  vonggac::test::TinyOnnx model;
  model.family = argv[1];
  model.side_px = std::atoi(argv[2]);
  model.cell_px = std::atoi(argv[3]);
  const std::string bytes = model.file();
  std::ofstream file(argv[4], std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  return file.good() ? 0 : 1;
}
