// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

/** The translation of the active disk, which a change of its size replaces. */
final class ActiveDisk {
  private volatile ClusterMap map;

  ActiveDisk(ClusterMap map) {
    this.map = map;
  }

  ClusterMap map() {
    return map;
  }

  void become(ClusterMap next) {
    map = next;
  }
}
