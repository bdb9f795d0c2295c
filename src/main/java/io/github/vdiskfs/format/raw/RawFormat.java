// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.raw;

import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.Set;

/** Raw disk files. */
public final class RawFormat implements ImageFormat {
  /** QEMU's name of the format. */
  public static final String NAME = "raw";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<String> extensions() {
    return Set.of("raw", "dd", "iso");
  }

  @Override
  public boolean probe(Storage storage) {
    return false;
  }

  @Override
  public Image open(Storage storage, Context context) {
    return new RawImage(storage);
  }

  @Override
  public void create(Storage target, Creation creation) throws IOException {
    target.truncate(creation.sizeBytes());
    target.sync();
  }
}
