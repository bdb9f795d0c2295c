// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.DirtyTables.Stage;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.LongSupplier;

/** Where the text of a disk's descriptor stands, and the two changes that are made to it. */
final class DescriptorFile {
  private final Storage file;
  private final long hostOffset;
  private final int roomBytes;
  private final LongSupplier sizeBytes;

  /**
   * @param hostOffset where the text starts
   * @param roomBytes bytes that it may take
   * @param sizeBytes of the disk, as it is when asked
   */
  DescriptorFile(Storage file, long hostOffset, int roomBytes, LongSupplier sizeBytes) {
    this.file = file;
    this.hostOffset = hostOffset;
    this.roomBytes = roomBytes;
    this.sizeBytes = sizeBytes;
  }

  Storage file() {
    return file;
  }

  private byte[] text() throws IOException {
    return Sectors.read(file, hostOffset, roomBytes).array();
  }

  /** The content identifier and its place in the text. */
  CidField cid() throws IOException {
    return CidField.in(text())
        .orElseThrow(
            () -> ImageException.badField(file, "CID of the descriptor", "missing", "a line"));
  }

  /** Gives the disk another content identifier, before its content changes. */
  void renewCid(DirtyTables dirty) throws IOException {
    CidField cid = cid();
    dirty.patch(Stage.ALLOCATION, file, hostOffset + cid.offset(), cid.next());
  }

  /** Puts the size that the disk has got into the text. */
  void rewrite(DirtyTables dirty) throws IOException {
    byte[] old = text();
    String changed =
        DescriptorText.withSize(
            new String(old, StandardCharsets.ISO_8859_1).replaceFirst("(?s)\0.*", ""),
            sizeBytes.getAsLong() / Sectors.BYTES);
    byte[] text = Arrays.copyOf(changed.getBytes(StandardCharsets.ISO_8859_1), roomBytes);
    dirty.patch(Stage.ROOT, file, hostOffset, text);
  }
}
