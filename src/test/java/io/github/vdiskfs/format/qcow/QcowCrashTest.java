// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow;

import io.github.vdiskfs.image.CrashContract;
import io.github.vdiskfs.image.Geometry;
import io.github.vdiskfs.image.ImageFormat;
import java.util.List;

class QcowCrashTest extends CrashContract {
  @Override
  protected ImageFormat format() {
    return new QcowFormat();
  }

  @Override
  protected List<Geometry> geometries() {
    return QcowGeometries.all();
  }
}
