// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.ConcurrentContract;
import io.github.vdiskfs.image.Geometry;
import io.github.vdiskfs.image.ImageFormat;
import java.util.List;

class VmdkConcurrentTest extends ConcurrentContract {
  @Override
  protected ImageFormat format() {
    return new VmdkFormat();
  }

  @Override
  protected List<Geometry> geometries() {
    return VmdkGeometries.all();
  }
}
