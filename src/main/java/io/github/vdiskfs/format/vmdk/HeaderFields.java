// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.DirtyTables.Stage;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteOrder;

/**
 * The fields of a sparse extent's header that a writer changes, as a table of numbers of 4 bytes:
 * each change stays inside one sector. Guarded by the image's metadata lock.
 */
final class HeaderFields {
  private static final int ENTRY_BYTES = 4;

  /** Hosted: capacity, 8 bytes at byte 12. */
  private static final int CAPACITY = 12 / ENTRY_BYTES;

  /** Hosted: uncleanShutdown is byte 72, the first one of this number. */
  private static final int HOSTED_UNCLEAN = 72 / ENTRY_BYTES;

  private static final long HOSTED_UNCLEAN_MASK = 0xFF;

  /** ESX: freeSector, where ESX puts the next grain without looking into the tables. */
  private static final int ESX_FREE_SECTOR = 28 / ENTRY_BYTES;

  /** ESX: uncleanShutdown is a number of 4 bytes. */
  private static final int ESX_UNCLEAN = 1648 / ENTRY_BYTES;

  private static final long ESX_UNCLEAN_MASK = 0xFFFFFFFFL;

  private final DirtyTables dirty;
  private final Table fields;
  private final boolean esx;

  HeaderFields(DirtyTables dirty, TableCache cache, Storage file, SparseGeometry geometry) {
    int bytes = geometry.headerSectors() * Sectors.BYTES;
    this.dirty = dirty;
    this.esx = geometry.isEsx();
    this.fields =
        new Table(cache, file, 0, bytes / ENTRY_BYTES, ENTRY_BYTES, ByteOrder.LITTLE_ENDIAN);
  }

  /** Says that the file has a writer, or that it has none any more. */
  void unclean(Stage stage, boolean unclean) throws IOException {
    int field = esx ? ESX_UNCLEAN : HOSTED_UNCLEAN;
    long mask = esx ? ESX_UNCLEAN_MASK : HOSTED_UNCLEAN_MASK;
    long rest = fields.page(field).int32(field) & ~mask;
    dirty.putInt32(stage, fields, field, rest | (unclean ? 1 : 0));
  }

  /**
   * Says where free space starts, before any table entry leads there; hosted headers do not say it.
   */
  void freeSector(long sector) throws IOException {
    if (esx && fields.page(ESX_FREE_SECTOR).int32(ESX_FREE_SECTOR) < sector) {
      dirty.putInt32(Stage.ALLOCATION, fields, ESX_FREE_SECTOR, sector);
    }
  }

  /** Changes the size of a hosted extent. */
  void capacity(long sectors) throws IOException {
    dirty.putInt32(Stage.ROOT, fields, CAPACITY, sectors);
    dirty.putInt32(Stage.ROOT, fields, CAPACITY + 1, sectors >>> Integer.SIZE);
  }
}
