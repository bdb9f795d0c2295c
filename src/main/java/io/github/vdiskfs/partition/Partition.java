// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

/**
 * One partition.
 *
 * @param number as Linux numbers it, 1 to 255
 * @param startOffset guest offset of its first byte on the disk
 * @param sizeBytes its length; it ends within the disk
 * @param type as {@code sfdisk} prints it: a GUID in capitals, or one byte in hexadecimal
 * @param name the name that a GPT gives it, or empty
 * @param uuid the partition's own GUID, or empty
 */
public record Partition(
    int number, long startOffset, long sizeBytes, String type, String name, String uuid) {

  /** Guest offset of the first byte behind it. */
  public long endOffset() {
    return startOffset + sizeBytes;
  }

  /** The same with another length. */
  Partition resized(long bytes) {
    return new Partition(number, startOffset, bytes, type, name, uuid);
  }

  /** What the type stands for, in words; the type itself where it is not a common one. */
  public String typeName() {
    return TypeNames.of(type);
  }
}
