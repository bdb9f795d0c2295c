// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.Set;

/** VMware's virtual disks. */
public final class VmdkFormat implements ImageFormat {
  /** QEMU's name of the format. */
  static final String NAME = "vmdk";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<String> extensions() {
    return Set.of(NAME);
  }

  @Override
  public boolean probe(Storage storage) throws IOException {
    int bytes = (int) Math.min(Sectors.BYTES, storage.size());
    if (bytes < Integer.BYTES) {
      return false;
    }
    int magic = VmdkOpener.magic(storage);
    return magic == HostedHeader.MAGIC
        || magic == CowdHeader.MAGIC
        || DescriptorParser.isDescriptor(Sectors.read(storage, 0, bytes).array());
  }

  @Override
  public Image open(Storage storage, Context context) throws IOException {
    return new VmdkOpener(storage, context).open();
  }

  @Override
  public void create(Storage target, Creation creation) throws IOException {
    new VmdkCreator(target, creation).create();
  }
}
