// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

/**
 * Neighbouring host clusters.
 *
 * @param first index of the first one
 * @param count how many, at least 1
 */
record ClusterRun(long first, long count) {
  /** The clusters that a range of host bytes touches. */
  static ClusterRun touchedBy(long hostOffset, long bytes, int clusterBits) {
    long first = hostOffset >>> clusterBits;
    return new ClusterRun(first, ((hostOffset + bytes - 1) >>> clusterBits) - first + 1);
  }

  /** Index behind the last one. */
  long end() {
    return first + count;
  }
}
