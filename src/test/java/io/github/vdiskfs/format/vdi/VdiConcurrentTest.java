// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import io.github.vdiskfs.image.ConcurrentContract;
import io.github.vdiskfs.image.Geometry;
import io.github.vdiskfs.image.ImageFormat;
import java.util.List;

class VdiConcurrentTest extends ConcurrentContract {
  @Override
  protected ImageFormat format() {
    return new VdiFormat();
  }

  @Override
  protected List<Geometry> geometries() {
    return VdiGeometries.all();
  }
}
