// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageContract;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.ImageInfo;
import io.github.vdiskfs.image.TestImages;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class VpcFormatTest extends ImageContract {
  @Override
  protected ImageFormat format() {
    return new VpcFormat();
  }

  @Override
  protected List<String> samples() {
    return List.of(
        "vpc/fixed.vhd", "vpc/old.vhd", "vpc/empty.vhd", "vpc/blocks.vhd", "vpc/child.vhd");
  }

  private ImageInfo info(String sample) throws IOException {
    try (Image image = format().open(TestImages.storage(sample), TestImages.context("vpc"))) {
      return image.info();
    }
  }

  @Test
  void infoIsTheHeaders() throws IOException {
    ImageInfo info = info("vpc/child.vhd");
    assertEquals(new BackingReference("blocks.vhd", "vpc"), info.backing());
    assertEquals(4096, info.unitSize());
    assertEquals(6 * 4096 + 1536, info.virtualSize());
    assertNull(info("vpc/blocks.vhd").backing());
    assertEquals(2 << 20, info("vpc/empty.vhd").unitSize());
    assertEquals(0, info("vpc/fixed.vhd").unitSize());
  }
}
