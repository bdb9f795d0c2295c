// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow;

import io.github.vdiskfs.image.Geometry;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.WritableImageContract;
import java.util.List;

class QcowWritableTest extends WritableImageContract {
  @Override
  protected ImageFormat format() {
    return new QcowFormat();
  }

  @Override
  protected List<Geometry> geometries() {
    return QcowGeometries.all();
  }
}
