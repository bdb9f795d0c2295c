// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import io.github.vdiskfs.disk.Volume;
import java.io.IOException;
import java.util.Optional;

/**
 * Recognises file systems, and what else a volume holds, by their signatures. It reads the first 68
 * KiB, two places at the end, and where a label or UUID stands elsewhere, that: 100 short reads at
 * most, whatever the superblocks say.
 */
public final class ContentProbe {
  /** The last signature with a fixed place, that of btrfs, ends before. */
  private static final int HEAD_BYTES = 68 << 10;

  private ContentProbe() {}

  /** One step of the probe. */
  private interface Step {
    Optional<Content> probe(Fields head, Pieces volume) throws IOException;
  }

  /** Containers come first: what is found inside of them may be something else's. */
  private static final Step[] STEPS = {
    (head, volume) -> Containers.luks(head),
    (head, volume) -> Magic.find(Magic.SEALED, head),
    (head, volume) -> Containers.lvm(head),
    RaidMember::probe,
    (head, volume) -> SwapSpace.probe(head),
    BootSectors::probe,
    (head, volume) -> ExtSuperblock.probe(head),
    (head, volume) -> Magic.find(Magic.FILE_SYSTEMS, head),
    (head, volume) -> F2fsSuperblock.probe(head),
    UdfVolume::probe,
    (head, volume) -> IsoVolume.probe(head),
  };

  /**
   * What a volume holds; empty where no signature is known.
   *
   * @throws IOException where it cannot be read
   */
  public static Optional<Content> probe(Volume volume) throws IOException {
    Pieces pieces = new Pieces(volume);
    Fields head = pieces.at(0, HEAD_BYTES);
    for (Step step : STEPS) {
      Optional<Content> found = step.probe(head, pieces);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }
}
