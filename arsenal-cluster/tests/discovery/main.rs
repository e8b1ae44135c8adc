//! Discovery against its counterparts: real files, sockets and name servers, and nodes that follow what
//! it finds.

#[cfg(test)]
mod bench;
#[cfg(test)]
mod dns;
#[cfg(test)]
mod kubernetes;
#[cfg(test)]
mod local;
#[cfg(test)]
mod members;
#[cfg(test)]
mod multicast;
#[cfg(test)]
mod name_server;
#[cfg(test)]
mod seed_file;
