// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.util.List;
import java.util.Optional;

/**
 * The partitions of a disk.
 *
 * @param scheme what kind of table it is
 * @param sectorBytes what the table counts in
 * @param id the disk's GUID, or the number in its first sector in hexadecimal; empty for none
 * @param partitions in the order of their numbers
 * @param problems what was left out, and why; each names what it is about
 * @param readFrom the bytes of the disk that all this stands in
 */
public record PartitionTable(
    Scheme scheme,
    int sectorBytes,
    String id,
    List<Partition> partitions,
    List<String> problems,
    Footprint readFrom) {

  /** The kinds of table. */
  public enum Scheme {
    /** No partition table. */
    NONE(""),
    /** Entries in the first sector, extended and logical ones included. */
    MBR("dos"),
    /** A GUID partition table. */
    GPT("gpt");

    private final String label;

    Scheme(String label) {
      this.label = label;
    }

    /** The name that {@code sfdisk} has for it. */
    public String label() {
      return label;
    }
  }

  public PartitionTable {
    partitions = List.copyOf(partitions);
    problems = List.copyOf(problems);
  }

  /** The partition of a number. */
  public Optional<Partition> find(int number) {
    return partitions.stream().filter(p -> p.number() == number).findFirst();
  }
}
