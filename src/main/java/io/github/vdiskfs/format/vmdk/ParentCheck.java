// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
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
    String hint = child.parentHint();
    if (hint == null) {
      return;
    }
    try (Storage parent = context.opener().open(hint)) {
      long cid = VmdkOpener.descriptor(parent).cid();
      if (cid != child.parentCid()) {
        log.warn(
            "{}: parentCID is {}, but the CID of {} is {}: it was changed after this disk was made",
            storage.name(),
            Long.toHexString(child.parentCid()),
            parent.name(),
            Long.toHexString(cid));
      }
    } catch (IOException e) {
      log.debug("{}: parent '{}': {}", storage.name(), hint, e.getMessage());
    }
  }
}
