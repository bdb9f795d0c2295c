// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import java.util.ArrayList;
import java.util.List;

/**
 * What a check of one image found, in the terms of {@code qemu-img check}: a corruption loses or
 * mixes up guest data now or at the next write; a leak is space that nothing refers to.
 *
 * <p>Filled by one thread while it checks. Findings are counted without limit and kept in words up
 * to {@value #MAX_KEPT}.
 */
public final class CheckReport {
  /** What may be mended. */
  public enum Repair {
    NONE,
    LEAKS,
    ALL
  }

  /** Hears how far the check is. */
  public interface Listener {
    /** {@code done} units of work out of {@code total} are behind the check. */
    void progress(long done, long total);
  }

  private static final int MAX_KEPT = 1000;

  private final Repair repair;
  private final Listener listener;
  private final List<String> words = new ArrayList<>();
  private long corruptions;
  private long leaks;
  private long errors;
  private long corruptionsFixed;
  private long leaksFixed;
  private long totalUnits;
  private long allocatedUnits;
  private long fragmentedUnits;
  private long compressedUnits;
  private long imageEndOffset;

  public CheckReport(Repair repair, Listener listener) {
    this.repair = repair;
    this.listener = listener;
  }

  /** True where leaked space shall be given back. */
  public boolean mendsLeaks() {
    return repair != Repair.NONE;
  }

  /** True where everything that can be mended shall be. */
  public boolean mendsAll() {
    return repair == Repair.ALL;
  }

  /** Guest data is lost or mixed up, or would be by the next write. */
  public void corruption(String what) {
    corruptions++;
    keep("ERROR " + what);
  }

  /** A corruption that was mended; it does not count as {@link #corruption} any more. */
  public void corruptionFixed(String what) {
    corruptionsFixed++;
    keep("Repaired " + what);
  }

  /** Space that nothing refers to. */
  public void leak(String what) {
    leaks++;
    keep("Leaked " + what);
  }

  /** Leaked space that was given back; it does not count as {@link #leak} any more. */
  public void leakFixed(String what) {
    leaksFixed++;
    keep("Repaired " + what);
  }

  /** Something that could not be checked. */
  public void error(String what) {
    errors++;
    keep("ERROR " + what);
  }

  private void keep(String line) {
    if (words.size() < MAX_KEPT) {
      words.add(line);
    }
  }

  /** How far the check is. */
  public void progress(long done, long total) {
    listener.progress(done, total);
  }

  /**
   * The map in figures.
   *
   * @param total units of the disk
   * @param allocated units that the image stores
   * @param fragmented allocated units that do not follow the one before on the host
   * @param compressed allocated units that are compressed
   */
  public void units(long total, long allocated, long fragmented, long compressed) {
    totalUnits = total;
    allocatedUnits = allocated;
    fragmentedUnits = fragmented;
    compressedUnits = compressed;
  }

  /** Where the last host byte that is in use ends. */
  public void imageEnd(long hostOffset) {
    imageEndOffset = hostOffset;
  }

  public long corruptions() {
    return corruptions;
  }

  public long leaks() {
    return leaks;
  }

  public long errors() {
    return errors;
  }

  public long corruptionsFixed() {
    return corruptionsFixed;
  }

  public long leaksFixed() {
    return leaksFixed;
  }

  public long totalUnits() {
    return totalUnits;
  }

  public long allocatedUnits() {
    return allocatedUnits;
  }

  public long fragmentedUnits() {
    return fragmentedUnits;
  }

  public long compressedUnits() {
    return compressedUnits;
  }

  public long imageEndOffset() {
    return imageEndOffset;
  }

  /** The findings in words, in the order in which they were made. */
  public List<String> words() {
    return List.copyOf(words);
  }
}
