// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageException.Kind;
import io.github.vdiskfs.storage.FileDeniedException;
import io.github.vdiskfs.storage.Storage;
import io.github.vdiskfs.storage.StorageOpener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The search for the parent of a differencing image: the first of its names that leads to an image
 * with the right unique id. Another id is another disk, and its bytes would be wrong; another time
 * stamp is a reason for a warning, since copying a file changes it too.
 */
final class VpcParent {
  private static final Logger LOG = LoggerFactory.getLogger(VpcParent.class);

  /** 2000-01-01, where VHD's time stamps start, in seconds since 1970. */
  private static final long EPOCH_SECONDS = 946_684_800;

  /** Names are the image's and may be long. */
  private static final int MAX_SHOWN_CHARS = 200;

  private final Storage child;
  private final DynamicHeader header;
  private final StorageOpener opener;
  private final List<String> problems = new ArrayList<>();
  private boolean denied;

  VpcParent(Storage child, DynamicHeader header, StorageOpener opener) {
    this.child = child;
    this.header = header;
    this.opener = opener;
  }

  /**
   * The parent.
   *
   * @throws ImageException of kind {@code DENIED} where a name was refused and none leads to it,
   *     {@code INCOMPLETE} where none leads to it; the message says what was tried
   */
  BackingReference find() throws IOException {
    for (String name : ParentNames.of(child, header)) {
      String problem = problemWith(name);
      if (problem == null) {
        return new BackingReference(name, VpcFormat.NAME);
      }
      problems.add("'" + printable(name) + "': " + problem);
    }
    throw new ImageException(
        denied ? Kind.DENIED : Kind.INCOMPLETE,
        child.name()
            + ": parent with unique id "
            + header.parentUniqueId()
            + ": "
            + (problems.isEmpty() ? "the image gives no name" : String.join("; ", problems)));
  }

  private @Nullable String problemWith(String name) {
    try (Storage candidate = opener.open(name)) {
      VpcFooter footer = new FooterFinder(candidate).find();
      if (!footer.uniqueId().equals(header.parentUniqueId())) {
        return "its unique id is " + footer.uniqueId();
      }
      warnIfModified(candidate, footer);
      return null;
    } catch (FileDeniedException e) {
      denied = true;
      return e.getReason();
    } catch (IOException e) {
      return e.getMessage();
    }
  }

  /** Writers record the file's modification time, the footer's time stamp, or nothing. */
  private void warnIfModified(Storage parent, VpcFooter footer) throws IOException {
    long then = header.parentTimeStamp();
    if (then != 0
        && then != footer.timeStamp()
        && then != parent.modifiedSeconds() - EPOCH_SECONDS) {
      LOG.warn(
          "{}: parent {} may have been modified after this image was made from it: its time stamp"
              + " is {}, expected {}",
          child.name(),
          parent.name(),
          parent.modifiedSeconds() - EPOCH_SECONDS,
          then);
    }
  }

  private static String printable(String name) {
    String shown =
        name.length() > MAX_SHOWN_CHARS ? name.substring(0, MAX_SHOWN_CHARS) + "..." : name;
    return shown.replaceAll("\\p{Cntrl}", "?");
  }
}
