// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import io.github.vdiskfs.format.vdi.VdiNeighbours.Neighbour;
import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageException.Kind;
import io.github.vdiskfs.storage.FileDeniedException;
import io.github.vdiskfs.storage.Storage;
import io.github.vdiskfs.storage.StorageOpener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The search for the parent of a differencing image, which names it by UUID only.
 *
 * <p>VirtualBox calls a snapshot's file by its UUID, so that name is tried first: of a long chain
 * only the link to the base has to be looked for among the {@link VdiNeighbours}: snapshots lie in
 * a folder of their own below that of the base. A copied file has the UUID of its original; where
 * two files answer to it, the one that was not modified since is the parent, and where that does
 * not decide, nothing is guessed.
 */
final class VdiParent {
  private static final Logger LOG = LoggerFactory.getLogger(VdiParent.class);

  private static final String SUFFIX = ".vdi";

  private final Storage child;
  private final VdiIdentity wanted;
  private final StorageOpener opener;
  private final VdiNeighbours neighbours;

  VdiParent(Storage child, VdiHeader header, StorageOpener opener, VdiNeighbours neighbours) {
    this.child = child;
    this.wanted = header.parent();
    this.opener = opener;
    this.neighbours = neighbours;
  }

  /**
   * The parent.
   *
   * @throws ImageException of kind {@code DENIED} where the image may not name files, of kind
   *     {@code INCOMPLETE} where no file, or more than one, has the UUID
   */
  BackingReference find() throws IOException {
    String name = "{" + wanted.image() + "}" + SUFFIX;
    if (!isUnmodified(identityByName(name))) {
      name = search();
    }
    return new BackingReference(name, VdiFormat.NAME);
  }

  private @Nullable VdiIdentity identityByName(String name) throws IOException {
    try {
      return identityOf(name);
    } catch (FileDeniedException e) {
      throw new ImageException(
          Kind.DENIED, describe() + (e.getReason() == null ? "denied" : e.getReason()), e);
    }
  }

  /** What is remembered of the neighbours may be of a moment ago: who was chosen is asked again. */
  private String search() throws IOException {
    Neighbour found = choose();
    if (!found.identity().equals(identityOrNull(found.name()))) {
      neighbours.forget(opener);
      found = choose();
    }
    return found.name();
  }

  private Neighbour choose() throws IOException {
    List<Neighbour> unmodified = new ArrayList<>();
    List<Neighbour> modified = new ArrayList<>();
    String file = child.name().substring(child.name().lastIndexOf('/') + 1);
    Neighbour own = new Neighbour(file, VdiHeader.readIdentity(child));
    for (Neighbour found : neighbours.withImage(wanted.image(), opener, own)) {
      if (!found.equals(own)) {
        (isUnmodified(found.identity()) ? unmodified : modified).add(found);
      }
    }
    return choose(unmodified, modified);
  }

  private Neighbour choose(List<Neighbour> unmodified, List<Neighbour> modified)
      throws ImageException {
    if (unmodified.size() == 1) {
      return unmodified.get(0);
    }
    if (unmodified.isEmpty() && modified.size() == 1) {
      LOG.warn(
          "{}: parent {} was modified after this image was made from it",
          child.name(),
          modified.get(0).name());
      return modified.get(0);
    }
    List<Neighbour> found = unmodified.isEmpty() ? modified : unmodified;
    throw new ImageException(
        Kind.INCOMPLETE,
        describe()
            + (found.isEmpty()
                ? "no .vdi file beside the image or in the folder above has this UUID"
                : "more than one file has this UUID: "
                    + found.get(0).name()
                    + ", "
                    + found.get(1).name()));
  }

  /** True where it is the parent and, as far as it was recorded, as it was then. */
  private boolean isUnmodified(@Nullable VdiIdentity found) {
    UUID then = wanted.modified();
    return found != null
        && found.image().equals(wanted.image())
        && (then.equals(VdiIdentity.NONE) || then.equals(found.modified()));
  }

  /** What cannot be opened is no parent; it does not hide the file that is. */
  private @Nullable VdiIdentity identityOrNull(String name) {
    try {
      return identityOf(name);
    } catch (FileDeniedException e) {
      LOG.debug("{}: not considered as parent: {}", name, e.getReason());
      return null;
    }
  }

  private @Nullable VdiIdentity identityOf(String name) throws FileDeniedException {
    try (Storage storage = opener.open(name)) {
      return VdiHeader.readIdentity(storage);
    } catch (FileDeniedException e) {
      throw e;
    } catch (IOException e) {
      LOG.debug("{}: not considered as parent: {}", name, e.getMessage());
      return null;
    }
  }

  private String describe() {
    return child.name() + ": parent with UUID " + wanted.image() + ": ";
  }
}
