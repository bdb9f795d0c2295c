// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageContract;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.TestImages;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VdiFormatTest extends ImageContract {
  @Override
  protected ImageFormat format() {
    return new VdiFormat();
  }

  @Override
  protected List<String> samples() {
    return List.of(
        "vdi/empty.vdi",
        "vdi/none.vdi",
        "vdi/dynamic.vdi",
        "vdi/static.vdi",
        "vdi/blocks.vdi",
        "vdi/child.vdi");
  }

  @Test
  void infoIsTheHeaders() throws IOException {
    try (Image image =
        format().open(TestImages.storage("vdi/child.vdi"), TestImages.context("vdi"))) {
      assertEquals(new BackingReference("blocks.vdi", "vdi"), image.info().backing());
      assertEquals(4096, image.info().unitSize());
      assertEquals(9 * 4096 + 512, image.info().virtualSize());
      assertEquals(Map.of(), image.info().details());
    }
  }
}
