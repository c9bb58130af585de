import Foundation

/// Which of the C loops scan: the fastest ones of this processor, unless somebody wants others, to compare them.
package enum KernelChoice {
  /// The variable of the environment that names them.
  package static let variable = "CULPRIT_SIMD"

  /// What the variable may say on this processor: some of `scalar`, `avx2`, `avx512` and `neon`.
  package static var available: [String] { Kernels.available }

  /// What the variable says; nil if it is empty or not set.
  package static func forced(in environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
    environment[variable].flatMap { $0.isEmpty ? nil : $0 }
  }
}
