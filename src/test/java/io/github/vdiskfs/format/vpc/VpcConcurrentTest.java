// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import io.github.vdiskfs.image.ConcurrentContract;
import io.github.vdiskfs.image.Geometry;
import io.github.vdiskfs.image.ImageFormat;
import java.util.List;

class VpcConcurrentTest extends ConcurrentContract {
  @Override
  protected ImageFormat format() {
    return new VpcFormat();
  }

  @Override
  protected List<Geometry> geometries() {
    return VpcGeometries.all();
  }
}
