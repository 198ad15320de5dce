/// Writes one well-formed message of each type as a fuzz input: seed_ipc FOLDER. Run it when a message changes.
#include <cstdio>
#include <fstream>
#include <string>

#include "ipc/messages.h"

namespace {

using namespace vonggac;

template <typename T>
T filled() {
  T message;
  if constexpr (requires { message.slot; }) message.slot = 3;
  if constexpr (requires { message.generation; }) message.generation = 7;
  return message;
}

template <typename... Types>
void write_each(const std::string& folder, std::variant<Types...>*) {
  int index = 0;
  const auto write = [&](const ipc::Message& message) {
    base::Bytes bytes;
    ipc::encode(message, bytes);
    std::ofstream file(folder + "/message_" + std::to_string(index++), std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  };
  (write(filled<Types>()), ...);
}

void write_full_ones(const std::string& folder) {
  ipc::MediaUnit unit = filled<ipc::MediaUnit>();
  unit.unit.payload = std::make_shared<const base::Bytes>(base::Bytes{0, 0, 0, 2, 0x65, 0x88});
  unit.unit.key = true;
  ipc::AnalyseCamera camera = filled<ipc::AnalyseCamera>();
  camera.zones.push_back({"z1", ipc::ZoneKind::kIgnore, {{{0.F, 0.F}, {1.F, 0.F}, {1.F, 1.F}}}, ""});
  ipc::MediaParameters parameters = filled<ipc::MediaParameters>();
  parameters.parameters.codec = media::Codec::kH264;
  parameters.parameters.sps.push_back({0x67, 0x64, 0x00, 0x1f});
  parameters.parameters.pps.push_back({0x68, 0xee});
  int index = 0;
  for (const ipc::Message& message : {ipc::Message(unit), ipc::Message(camera), ipc::Message(parameters)}) {
    base::Bytes bytes;
    ipc::encode(message, bytes);
    std::ofstream file(folder + "/full_" + std::to_string(index++), std::ios::binary);
    file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  write_each(argv[1], static_cast<ipc::Message*>(nullptr));
  write_full_ones(argv[1]);
  return 0;
}
