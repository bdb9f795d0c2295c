// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.List;

/**
 * What all parts of the write side work on.
 *
 * @param storage the image file
 * @param header as it was when the image was opened
 * @param data where plain clusters are
 * @param dirty the changed tables; the lock on every change
 */
record Qcow2State(
    Storage storage, TableCache cache, Qcow2Header header, HostData data, DirtyTables dirty) {

  /** The same with the header as it is now. */
  Qcow2State reread() throws IOException {
    return new Qcow2State(storage, cache, Qcow2Header.read(storage), data, dirty);
  }

  Qcow2Layout layout() {
    return header.layout();
  }

  int clusterBits() {
    return (int) header.clusterBits();
  }

  /** A table that starts with a host cluster and has entries of 8 bytes. */
  Table table(long hostOffset, long entries) {
    return new Table(cache, storage, hostOffset, entries, Long.BYTES, ByteOrder.BIG_ENDIAN);
  }

  /** Entries of 8 bytes in a cluster. */
  long entriesPerCluster() {
    return header.clusterBytes() / Long.BYTES;
  }

  /** Every file that a flush syncs. */
  List<Storage> files() {
    return data.storage() == storage ? List.of(storage) : List.of(storage, data.storage());
  }

  HeaderPatch patch() {
    return new HeaderPatch(storage, dirty);
  }
}
