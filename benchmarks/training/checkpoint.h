#pragma once

#include <cstdint>
#include <filesystem>

#include "benchmarks/training/trainer.h"

namespace breakeven {

/// A training that can go on: what was trained how, and how far it is.
struct Checkpoint {
  TrainingSettings settings;
  std::string data;  // as the command line has it
  std::int64_t epochs = 0;
  TrainingState state;
};

/// Writes it in place of an earlier one, whole or not at all: a line of JSON, then parameters,
/// momentum and statistics as little-endian f32. Throws std::runtime_error naming the file.
void save_checkpoint(const Checkpoint& checkpoint, const std::filesystem::path& file);

/// Throws std::invalid_argument naming the file and what is wrong with it.
Checkpoint load_checkpoint(const std::filesystem::path& file);

}  // namespace breakeven
