// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.Set;

/** VirtualBox disk images. */
public final class VdiFormat implements ImageFormat {
  /** QEMU's name of the format. */
  public static final String NAME = "vdi";

  private final VdiNeighbours neighbours = new VdiNeighbours();

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<String> extensions() {
    return Set.of("vdi");
  }

  @Override
  public boolean probe(Storage storage) throws IOException {
    return VdiHeader.isSigned(storage);
  }

  @Override
  public Image open(Storage storage, Context context) throws IOException {
    VdiHeader header = VdiHeader.read(storage);
    BackingReference parent =
        header.type() == VdiType.DIFFERENCING
            ? new VdiParent(storage, header, context.opener(), neighbours).find()
            : null;
    return new VdiImage(storage, header, parent, context.tables());
  }

  @Override
  public void create(Storage target, Creation creation) throws IOException {
    VdiCreator.create(target, creation);
  }
}
