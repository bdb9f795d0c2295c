// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat.Creation;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Makes new images: header, backing file name and an empty L1 table. */
final class QcowCreator {
  /** 4 KiB, as QEMU has it. */
  private static final int CLUSTER_BITS = 12;

  private static final int L2_BITS = 9;

  private QcowCreator() {}

  static void create(Storage target, Creation creation) throws IOException {
    for (String option : creation.options().keySet()) {
      throw ImageException.unsupported(target, "option '" + option + "' of a new qcow image");
    }
    BackingReference backing = creation.backing();
    long size = QcowHeader.wholeSectors(creation.sizeBytes());
    if (size == 0 && backing != null) {
      throw ImageException.unsupported(target, "a new qcow image with a backing file and no size");
    }
    byte[] name = backing == null ? new byte[0] : backing.name().getBytes(StandardCharsets.UTF_8);
    QcowHeader header = header(size, name.length);
    header.checkNew(target);
    target.truncate(header.l1TableOffset() + header.l1Entries() * (long) QcowTables.ENTRY_BYTES);
    target.write(header.toBytes(), 0);
    target.write(ByteBuffer.wrap(name), QcowHeader.BYTES);
    target.sync();
  }

  private static QcowHeader header(long size, int nameBytes) {
    long clusterBytes = 1L << CLUSTER_BITS;
    return new QcowHeader(
        QcowHeader.VERSION,
        nameBytes == 0 ? 0 : QcowHeader.BYTES,
        nameBytes,
        size,
        CLUSTER_BITS,
        L2_BITS,
        0,
        clusterBytes);
  }
}
