//! Discovery against its counterparts: real files, sockets and name servers, and nodes that follow what
//! it finds.

#[cfg(test)]
mod bench;
#[cfg(test)]
mod members;
#[cfg(test)]
mod seed_file;
