// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import java.util.ArrayList;
import java.util.List;

/** Host clusters that lost a reference, neighbours as one. */
final class Unlinked {
  private final int clusterBits;
  private final List<ClusterRun> runs = new ArrayList<>();

  Unlinked(int clusterBits) {
    this.clusterBits = clusterBits;
  }

  /** Adds every cluster that a range of host bytes touches. */
  void add(long hostOffset, long bytes) {
    if (bytes <= 0) {
      return;
    }
    ClusterRun run = ClusterRun.touchedBy(hostOffset, bytes, clusterBits);
    int last = runs.size() - 1;
    if (last >= 0 && runs.get(last).end() == run.first()) {
      runs.set(last, new ClusterRun(runs.get(last).first(), runs.get(last).count() + run.count()));
    } else {
      runs.add(run);
    }
  }

  /** Adds what an L2 entry refers to in the image file. */
  void add(Qcow2Layout layout, long descriptor) {
    if (Qcow2Layout.isCompressed(descriptor)) {
      add(layout.compressedOffset(descriptor), layout.compressedBytes(descriptor));
    } else if (!layout.externalData() && layout.hasCluster(descriptor)) {
      add(Qcow2Layout.clusterOffset(descriptor), layout.clusterBytes());
    }
  }

  boolean isEmpty() {
    return runs.isEmpty();
  }

  List<ClusterRun> runs() {
    return runs;
  }
}
