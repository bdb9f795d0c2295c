// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks into the images of a folder for its listing, no longer than a listing may take. Images that
 * are left over are looked into in the background, one folder at a time: a later listing has them.
 */
final class FolderLook {
  private static final Logger log = LoggerFactory.getLogger(FolderLook.class);

  /** How long one listing looks into images: some hundred of them. */
  private static final long LISTING_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private final KnownContents contents;
  private final OpenDisks disks;
  private final ExecutorService background =
      new ThreadPoolExecutor(
          0,
          1,
          1,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          FolderLook::thread,
          new ThreadPoolExecutor.DiscardPolicy());

  FolderLook(KnownContents contents, OpenDisks disks) {
    this.contents = contents;
    this.disks = disks;
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "look");
    thread.setDaemon(true);
    return thread;
  }

  /** The contents of images, as far as they are known in time. */
  Map<Path, Contents> of(List<Path> images) {
    long deadline = System.nanoTime() + LISTING_NANOS;
    // A disk that is being closed would be waited for.
    Map<Path, Contents> found = disks.contentsOfClosing();
    List<Path> left = new ArrayList<>();
    for (Path image : images) {
      if (found.containsKey(image)) {
        continue;
      }
      try {
        if (System.nanoTime() - deadline < 0) {
          found.put(image, contents.of(image));
        } else {
          contents.known(image).ifPresentOrElse(c -> found.put(image, c), () -> left.add(image));
        }
      } catch (IOException e) {
        // It went away meanwhile.
        log.debug("{}: {}", image, e.getMessage());
      }
    }
    if (!left.isEmpty()) {
      background.execute(() -> lookInto(left));
    }
    return found;
  }

  private void lookInto(List<Path> images) {
    for (Path image : images) {
      try {
        contents.of(image);
      } catch (IOException e) {
        log.debug("{}: {}", image, e.getMessage());
      }
      if (Thread.interrupted()) {
        return;
      }
    }
  }

  /** Ends the background's work. */
  void close() {
    background.shutdownNow();
  }
}
