// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.ImageContract;
import io.github.vdiskfs.image.ImageFormat;
import java.util.List;

class Qcow2ContractTest extends ImageContract {
  @Override
  protected ImageFormat format() {
    return new Qcow2Format();
  }

  @Override
  protected List<String> samples() {
    return List.of(
        "qcow2/v2.qcow2",
        "qcow2/v3.qcow2",
        "qcow2/small.qcow2",
        "qcow2/large.qcow2",
        "qcow2/zstd.qcow2",
        "qcow2/subclusters.qcow2",
        "qcow2/snapshots.qcow2",
        "qcow2/data-file.qcow2",
        "qcow2/raw-data-file.qcow2",
        "qcow2/empty.qcow2",
        "qcow2/overlay.qcow2",
        "qcow2/bitmaps.qcow2");
  }
}
