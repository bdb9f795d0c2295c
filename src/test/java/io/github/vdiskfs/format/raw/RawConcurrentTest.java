// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.raw;

import io.github.vdiskfs.image.ConcurrentContract;
import io.github.vdiskfs.image.Geometry;
import io.github.vdiskfs.image.ImageFormat;
import java.util.List;
import java.util.Map;

class RawConcurrentTest extends ConcurrentContract {
  @Override
  protected ImageFormat format() {
    return new RawFormat();
  }

  @Override
  protected List<Geometry> geometries() {
    return List.of(
        Geometry.created(format(), 3 << 20, Map.of()).withResize(),
        Geometry.created(format(), 100_001, Map.of()).withResize());
  }

  @Override
  protected boolean hasCheck() {
    return false;
  }
}
