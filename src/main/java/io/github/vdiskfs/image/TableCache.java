// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The pages of all mapping tables of a mount: clean copies of what is on the host, under one budget
 * of bytes, and beside them, held until they are written back, the pages that {@link DirtyTables}
 * changed.
 */
public final class TableCache {
  /** Heap that a page takes beyond its bytes: key, node and objects, rounded up. */
  private static final int OVERHEAD_BYTES = 200;

  /**
   * One page of one table; a storage is itself by identity. The shape of the table belongs to it: a
   * damaged image can have two different tables at one offset.
   */
  record Key(Storage storage, long tableOffset, long entries, int entryBytes, long page) {}

  /** Reads a page that is not cached. */
  interface Loader {
    TablePage load() throws IOException;
  }

  private final Cache<Key, TablePage> pages;

  /** Pages with changes that are not on the host yet; they hide what {@link #pages} has. */
  private final ConcurrentHashMap<Key, DirtyPage> changed = new ConcurrentHashMap<>();

  /** How many pages went from {@link #changed} to {@link #pages}; guarded by {@link #changed}. */
  private volatile long retired;

  /**
   * @param budgetBytes the most that all pages together may weigh
   */
  public TableCache(long budgetBytes) {
    pages =
        Caffeine.newBuilder()
            .maximumWeight(budgetBytes)
            .weigher((Key key, TablePage page) -> page.sizeBytes() + OVERHEAD_BYTES)
            .executor(Runnable::run)
            .build();
  }

  /** The page, or null where it would have to be read. */
  @Nullable TablePage there(Key key) {
    if (!changed.isEmpty()) {
      @Nullable TablePage dirty = changed.get(key);
      if (dirty != null) {
        return dirty;
      }
    }
    return pages.getIfPresent(key);
  }

  /**
   * The page, read where it is not cached. Two threads that miss together both read it: cheaper
   * than to have one wait for the other's I/O under the cache's lock.
   */
  TablePage page(Key key, Loader loader) throws IOException {
    @Nullable TablePage there = there(key);
    return there != null ? there : load(key, loader);
  }

  /** A page that was read while another one was written back may be the one from before it. */
  private TablePage load(Key key, Loader loader) throws IOException {
    long before = retired;
    TablePage loaded = loader.load();
    synchronized (changed) {
      if (retired == before) {
        pages.put(key, loaded);
      }
    }
    return loaded;
  }

  /** The page for changing; it stays in memory until {@link #retire} or {@link #drop}. */
  DirtyPage change(Key key, Loader loader) throws IOException {
    @Nullable DirtyPage dirty = changed.get(key);
    if (dirty == null) {
      dirty = new DirtyPage(page(key, loader));
      changed.put(key, dirty);
    }
    return dirty;
  }

  /** The page is on the host as it is in memory. */
  void retire(Key key, DirtyPage page) {
    synchronized (changed) {
      retired++;
      pages.put(key, new TablePage(page));
      changed.remove(key, page);
    }
  }

  /** The changes are given up. */
  void drop(Key key) {
    synchronized (changed) {
      retired++;
      pages.invalidate(key);
      changed.remove(key);
    }
  }
}
