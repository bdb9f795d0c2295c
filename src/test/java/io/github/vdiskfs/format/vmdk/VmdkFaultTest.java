// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.FaultContract;
import io.github.vdiskfs.image.Geometry;
import io.github.vdiskfs.image.ImageFormat;
import java.util.List;

class VmdkFaultTest extends FaultContract {
  @Override
  protected ImageFormat format() {
    return new VmdkFormat();
  }

  @Override
  protected List<Geometry> geometries() {
    return VmdkGeometries.all();
  }
}
