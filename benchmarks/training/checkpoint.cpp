#include "benchmarks/training/checkpoint.h"

#include <array>
#include <bit>
#include <fstream>
#include <stdexcept>
#include <string>

#include "benchmarks/harness/json.h"

namespace breakeven {
namespace {

static_assert(std::endian::native == std::endian::little, "states are written as they lie");

template <class State>
auto parts_of(State& state) {
  return std::array{&state.parameters, &state.momentum, &state.statistics};
}

Json header_of(const Checkpoint& checkpoint) {
  const TrainingSettings& of = checkpoint.settings;
  Json sizes = Json::array();
  for (const auto* part : parts_of(checkpoint.state)) sizes.push_back(part->size());
  return {{"network", of.network},
          {"data", checkpoint.data},
          {"side", name_of(of.side)},
          {"engine", of.engine},
          {"dtype", name_of(of.dtype)},
          {"batch", of.batch},
          {"lr", of.optimiser.lr},
          {"momentum", of.optimiser.momentum},
          {"weight_decay", of.optimiser.weight_decay},
          {"seed", of.seed},
          {"epochs", checkpoint.epochs},
          {"sizes", sizes}};
}

}  // namespace

void save_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& file) {
  const std::filesystem::path fresh = file.string() + ".new";
  {
    std::ofstream stream(fresh, std::ios::binary);
    stream << header_of(checkpoint).dump() << '\n';
    for (const auto* part : parts_of(checkpoint.state)) {
      stream.write(reinterpret_cast<const char*>(part->data()),
                   static_cast<std::streamsize>(part->size() * sizeof(float)));
    }
    stream.flush();
    if (!stream) throw std::runtime_error(fresh.string() + ": could not be written");
  }
  std::filesystem::rename(fresh, file);
}

Checkpoint load_checkpoint(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) throw std::invalid_argument(file.string() + ": no state that can be read");
  std::string line;
  std::getline(stream, line);
  Checkpoint checkpoint;
  try {
    const Json header = Json::parse(line);
    TrainingSettings& of = checkpoint.settings;
    header.at("network").get_to(of.network);
    header.at("data").get_to(checkpoint.data);
    of.side = header.at("side") == name_of(Side::cuda) ? Side::cuda : Side::cpu;
    header.at("engine").get_to(of.engine);
    of.dtype = parse_dtype(header.at("dtype").get<std::string>()).value();
    header.at("batch").get_to(of.batch);
    header.at("lr").get_to(of.optimiser.lr);
    header.at("momentum").get_to(of.optimiser.momentum);
    header.at("weight_decay").get_to(of.optimiser.weight_decay);
    header.at("seed").get_to(of.seed);
    header.at("epochs").get_to(checkpoint.epochs);
    std::size_t next = 0;
    for (auto* part : parts_of(checkpoint.state)) {
      part->resize(header.at("sizes").at(next++).get<std::size_t>());
    }
  } catch (const std::exception&) {
    throw std::invalid_argument(file.string() + ": no state of a training");
  }
  for (auto* part : parts_of(checkpoint.state)) {
    stream.read(reinterpret_cast<char*>(part->data()),
                static_cast<std::streamsize>(part->size() * sizeof(float)));
  }
  if (!stream || stream.peek() != std::ifstream::traits_type::eof()) {
    throw std::invalid_argument(file.string() + ": is cut short or too long");
  }
  return checkpoint;
}

}  // namespace breakeven
