// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares a delta disk's parentCID with the CID that its parent has now. */
final class ParentCheck {
  private static final Logger log = LoggerFactory.getLogger(ParentCheck.class);

  private ParentCheck() {}

  /**
   * Warns where the parent was changed after the delta disk was made. A parent that cannot be
   * opened is no matter here: whoever builds the chain will open it next and report it.
   */
  static void compare(Storage storage, Descriptor child, ImageFormat.Context context) {
    try {
      String mismatch = mismatch(child, context);
      if (mismatch != null) {
        log.warn("{}: {}", storage.name(), mismatch);
      }
    } catch (IOException e) {
      log.debug("{}: parent '{}': {}", storage.name(), child.parentHint(), e.getMessage());
    }
  }

  /**
   * What is wrong with the parent, in words; null where nothing is.
   *
   * @throws IOException where it cannot be opened
   */
  static @Nullable String mismatch(Descriptor child, ImageFormat.Context context)
      throws IOException {
    String hint = child.parentHint();
    if (hint == null) {
      return null;
    }
    try (Storage parent = context.opener().open(hint)) {
      long cid = VmdkOpener.descriptor(parent).cid();
      return cid == child.parentCid()
          ? null
          : String.format(
              Locale.ROOT,
              "parentCID is %x, but the CID of %s is %x: it was changed after this disk was made",
              child.parentCid(),
              parent.name(),
              cid);
    }
  }
}
