// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import io.github.vdiskfs.image.Geometry;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.WritableImageContract;
import java.util.List;

class VdiWritableTest extends WritableImageContract {
  @Override
  protected ImageFormat format() {
    return new VdiFormat();
  }

  @Override
  protected List<Geometry> geometries() {
    return VdiGeometries.all();
  }
}
