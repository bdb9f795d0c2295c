// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.ConcurrentContract;
import io.github.vdiskfs.image.Geometry;
import io.github.vdiskfs.image.ImageFormat;
import java.util.List;

class Qcow2ConcurrentTest extends ConcurrentContract {
  @Override
  protected ImageFormat format() {
    return new Qcow2Format();
  }

  @Override
  protected List<Geometry> geometries() {
    return WriteGeometries.all();
  }
}
