// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import io.github.vdiskfs.disk.Volume;
import java.io.IOException;
import java.util.Optional;

/**
 * Recognises the common file systems, and what else a partition holds, by their signatures. Three
 * short reads; nothing of what is found there is followed.
 */
public final class ContentProbe {
  /** All signatures but two stand in here. */
  private static final int HEAD_BYTES = 8192;

  private static final int ISO_AT = 32768;
  private static final int ISO_BYTES = 2048;
  private static final int ISO_LABEL_AT = 40;

  private static final int BTRFS_AT = 65536;
  private static final int BTRFS_BYTES = 1024;

  private static final int MD_AT = 4096;
  private static final int MD_MAGIC = 0xA92B4EFC;

  private ContentProbe() {}

  /**
   * What a volume holds; empty where no signature is known.
   *
   * @throws IOException where it cannot be read
   */
  public static Optional<Content> probe(Volume volume) throws IOException {
    SectorReader reader = new SectorReader(volume);
    int headBytes = (int) Math.min(HEAD_BYTES, volume.size());
    Optional<Content> found = head(new Fields(reader.read(0, headBytes)));
    if (found.isEmpty()) {
      found = btrfs(new Fields(reader.read(BTRFS_AT, BTRFS_BYTES)));
    }
    return found.isEmpty() ? iso(new Fields(reader.read(ISO_AT, ISO_BYTES))) : found;
  }

  private static Optional<Content> head(Fields head) {
    Optional<Content> found = Containers.probe(head);
    if (found.isEmpty() && head.hasInt(MD_AT, MD_MAGIC)) {
      found =
          Optional.of(
              new Content("linux_raid_member", head.text(MD_AT + 32, 32), head.uuid(MD_AT + 16)));
    }
    return found.isEmpty() ? FileSystems.probe(head) : found;
  }

  private static Optional<Content> btrfs(Fields superblock) {
    return superblock.has(64, "_BHRfS_M")
        ? Optional.of(new Content("btrfs", superblock.text(299, 256), superblock.uuid(32)))
        : Optional.empty();
  }

  private static Optional<Content> iso(Fields descriptor) {
    return descriptor.has(1, "CD001")
        ? Optional.of(new Content("iso9660", descriptor.text(ISO_LABEL_AT, 32), ""))
        : Optional.empty();
  }
}
