// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The choice between the footer at the end of the file and its copy at offset 0.
 *
 * <p>The one at the end counts ("Overview of Virtual Hard Disk Image Types"). A fixed image has no
 * other: what stands at offset 0 there belongs to the guest, which could forge a footer, so it is
 * not looked at. Where the one at the end is missing or damaged, the copy of a dynamic or
 * differencing image takes its place. Two sound ones that lead to different disks are a
 * contradiction that nobody should guess about.
 */
final class FooterFinder {
  private static final Logger LOG = LoggerFactory.getLogger(FooterFinder.class);

  /** Footers of versions before Virtual PC 2004 lack the last byte, a zero. */
  private static final int OLD_BYTES = 511;

  private final Storage storage;

  FooterFinder(Storage storage) {
    this.storage = storage;
  }

  /** True where there is the cookie of a footer at either place. */
  static boolean isSigned(Storage storage) throws IOException {
    FooterFinder finder = new FooterFinder(storage);
    return VpcFooter.isSigned(finder.load(finder.endOffset()))
        || VpcFooter.isSigned(finder.load(0));
  }

  /** The footer that counts. */
  VpcFooter find() throws IOException {
    long endOffset = endOffset();
    ByteBuffer end = load(endOffset);
    ByteBuffer copy = load(0);
    if (VpcFooter.isSound(end)) {
      VpcFooter footer = VpcFooter.parse(storage, end, endOffset);
      return footer.type() == VpcType.FIXED ? footer : checkAgainstCopy(footer, copy);
    }
    if (VpcFooter.isSound(copy)) {
      VpcFooter footer = VpcFooter.parse(storage, copy, 0);
      if (footer.type() != VpcType.FIXED) {
        LOG.warn(
            "{}: the footer at the end is {}; its copy at offset 0 is used",
            storage.name(),
            VpcFooter.isSigned(end) ? "damaged" : "missing");
        return footer;
      }
    }
    throw VpcFooter.isSigned(end) ? damaged(end, endOffset) : damaged(copy, 0);
  }

  private VpcFooter checkAgainstCopy(VpcFooter footer, ByteBuffer copy) throws ImageException {
    if (!VpcFooter.isSound(copy)) {
      LOG.warn("{}: the copy of the footer at offset 0 is damaged", storage.name());
      return footer;
    }
    VpcFooter other = VpcFooter.parse(storage, copy, 0);
    if (!footer.agreesWith(other)) {
      throw ImageException.corrupt(
          storage, 0, "the copy of the footer is " + other + ", expected as at the end: " + footer);
    }
    return footer;
  }

  private ImageException damaged(ByteBuffer bytes, long hostOffset) {
    if (!VpcFooter.isSigned(bytes)) {
      return ImageException.badField(
          storage, "footer", "missing", "one at the end or a copy at offset 0");
    }
    return ImageException.corrupt(
        storage,
        hostOffset,
        "the checksum of the footer is " + Checksum.describe(bytes, VpcFooter.CHECKSUM_AT));
  }

  /** Where the footer at the end starts, or would start; 0 where the file is too short for one. */
  private long endOffset() throws IOException {
    long usual = Math.max(0, storage.size() - VpcFooter.BYTES);
    long old = Math.max(0, storage.size() - OLD_BYTES);
    return !VpcFooter.isSigned(load(usual)) && VpcFooter.isSigned(load(old)) ? old : usual;
  }

  private ByteBuffer load(long hostOffset) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(VpcFooter.BYTES);
    storage.read(bytes, hostOffset);
    return bytes;
  }
}
