// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.Set;

/** Virtual PC and Hyper-V disk images. */
public final class VpcFormat implements ImageFormat {
  /** QEMU's name of the format. */
  public static final String NAME = "vpc";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Set<String> extensions() {
    return Set.of("vhd", "vpc");
  }

  @Override
  public boolean probe(Storage storage) throws IOException {
    return FooterFinder.isSigned(storage);
  }

  @Override
  public Image open(Storage storage, Context context) throws IOException {
    VpcFooter footer = new FooterFinder(storage).find();
    if (footer.type() == VpcType.FIXED) {
      return FixedVpcImage.open(storage, footer);
    }
    DynamicHeader header = DynamicHeader.read(storage, footer);
    BackingReference parent =
        footer.type() == VpcType.DIFFERENCING
            ? new VpcParent(storage, header, context.opener()).find()
            : null;
    return new DynamicVpcImage(storage, footer, header, parent, context.tables());
  }

  @Override
  public void create(Storage target, Creation creation) throws IOException {
    VpcCreator.create(target, creation);
  }
}
