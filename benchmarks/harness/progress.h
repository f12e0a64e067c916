#pragma once

#include <string>

#include "benchmarks/harness/budget.h"

namespace breakeven {

/// Progress on standard error: one changing line on a terminal, plain lines elsewhere.
class Progress {
 public:
  Progress(const Budget& budget, int problems);
  /// Ends a changing line.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void begin(const std::string& id);
  void end(const std::string& id, const std::string& outcome);

 private:
  std::string left() const;
  const Budget& budget_;
  int problems_;
  int done_ = 0;
  bool terminal_;
  double start_s_;
};

}  // namespace breakeven
