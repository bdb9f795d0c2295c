// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private final PatientLook<Path> patient = new PatientLook<>("what is in it is not shown");
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
  Map<Path, Contents> of(List<Path> images) throws InterruptedIOException {
    long deadline = System.nanoTime() + LISTING_NANOS;
    // A disk that is being closed would be waited for.
    Map<Path, Contents> found = disks.contentsOfClosing();
    List<Path> others = images.stream().filter(image -> !found.containsKey(image)).toList();
    List<Path> left = new ArrayList<>();
    patient.forEach(
        others,
        image -> new Seen(image, look(image, System.nanoTime() - deadline < 0)),
        seen ->
            seen.contents.ifPresentOrElse(
                contents -> found.put(seen.image, contents), () -> left.add(seen.image)));
    if (!left.isEmpty()) {
      background.execute(() -> lookInto(left));
    }
    return found;
  }

  private record Seen(Path image, Optional<Contents> contents) {}

  /** The contents of an image; empty where it would have to be opened and there is no time. */
  private Optional<Contents> look(Path image, boolean open) {
    try {
      return open ? Optional.of(contents.of(image)) : contents.known(image);
    } catch (IOException e) {
      // It went away meanwhile.
      log.debug("{}: {}", image, e.getMessage());
      return Optional.of(Contents.NONE);
    }
  }

  private void lookInto(List<Path> images) {
    try {
      patient.forEach(images, image -> look(image, true), seen -> {});
    } catch (InterruptedIOException e) {
      log.debug("ended: {}", e.getMessage());
    }
  }

  /** Ends the background's work. */
  void close() {
    background.shutdownNow();
  }
}
