// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow;

import io.github.vdiskfs.image.ImageContract;
import io.github.vdiskfs.image.ImageFormat;
import java.util.List;

class QcowContractTest extends ImageContract {
  @Override
  protected ImageFormat format() {
    return new QcowFormat();
  }

  @Override
  protected List<String> samples() {
    return List.of("qcow/plain.qcow", "qcow/packed.qcow", "qcow/overlay.qcow");
  }
}
