// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A table of fixed-size entries in a host file (L1, L2, block allocation table, grain directory,
 * ...), read page by page. Costs nothing until it is looked at, however large the image says it is.
 */
public final class Table {
  /** Bytes of a page: a whole L2 table of 64 KiB clusters; fewer at the end of a table. */
  private static final int PAGE_BYTES = 64 << 10;

  private final TableCache cache;
  private final Storage storage;
  private final long hostOffset;
  private final long entries;
  private final int entryBytes;
  private final ByteOrder order;

  /** Spares an object a look-up; threads may race for it, since keys are immutable. */
  private TableCache.@Nullable Key lastKey;

  /**
   * @param hostOffset where entry 0 stands
   * @param entries how many there are
   * @param entryBytes a power of two, 4 to 16
   */
  public Table(
      TableCache cache,
      Storage storage,
      long hostOffset,
      long entries,
      int entryBytes,
      ByteOrder order) {
    this.cache = cache;
    this.storage = storage;
    this.hostOffset = hostOffset;
    this.entries = entries;
    this.entryBytes = entryBytes;
    this.order = order;
  }

  /** How many entries there are. */
  public long entries() {
    return entries;
  }

  /** Host offset of an entry, for messages. */
  public long hostOffsetOf(long index) {
    return hostOffset + index * entryBytes;
  }

  /**
   * The page that entry {@code index} stands on.
   *
   * @throws ImageException where the page does not lie inside the file
   */
  public TablePage page(long index) throws IOException {
    TableCache.Key key = key(index);
    @Nullable TablePage there = cache.there(key);
    return there != null ? there : cache.page(key, () -> load(key.page()));
  }

  private TableCache.Key key(long index) {
    long page = index / (PAGE_BYTES / entryBytes);
    TableCache.Key last = lastKey;
    if (last == null || last.page() != page) {
      last = new TableCache.Key(storage, hostOffset, entries, entryBytes, page);
      lastKey = last;
    }
    return last;
  }

  /** A page of the table for changing, with what it takes to write it back. */
  Changed change(long index) throws IOException {
    TableCache.Key key = key(index);
    return changed(key, cache.change(key, () -> load(key.page())));
  }

  /**
   * A page of a new table for changing: it starts as zeroes, whatever the host has there, and goes
   * out whole.
   */
  Changed create(long index) throws IOException {
    TableCache.Key key = key(index);
    cache.drop(key);
    DirtyPage page = cache.change(key, () -> empty(key.page()));
    page.touchAll();
    return changed(key, page);
  }

  private Changed changed(TableCache.Key key, DirtyPage page) {
    return new Changed(this, key, page, hostOffset + key.page() * PAGE_BYTES);
  }

  /** The changes of a page are on the host. */
  void retire(Changed changed) {
    cache.retire(changed.key(), changed.page());
  }

  /** The changes of a page are given up. */
  void drop(Changed changed) {
    cache.drop(changed.key());
  }

  /**
   * A page with changes.
   *
   * @param hostOffset where the page starts
   */
  record Changed(Table table, TableCache.Key key, DirtyPage page, long hostOffset) {
    Storage storage() {
      return table.storage;
    }
  }

  private TablePage empty(long page) {
    ByteBuffer buffer = ByteBuffer.allocate(bytesOf(page)).order(order);
    return new TablePage(buffer, entryBytes, page * (PAGE_BYTES / entryBytes));
  }

  private int bytesOf(long page) {
    long perPage = PAGE_BYTES / entryBytes;
    return (int) Math.min(perPage, entries - page * perPage) * entryBytes;
  }

  private TablePage load(long page) throws IOException {
    long perPage = PAGE_BYTES / entryBytes;
    long first = page * perPage;
    int bytes = bytesOf(page);
    long at = hostOffset + first * entryBytes;
    if (at < 0 || at > storage.size() - bytes) {
      throw ImageException.corrupt(
          storage,
          at,
          "a table of "
              + entries
              + " entries ends past the end of the file ("
              + storage.size()
              + ")");
    }
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(order);
    storage.read(buffer, at);
    return new TablePage(buffer, entryBytes, first);
  }
}
