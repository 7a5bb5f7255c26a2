/// Whether a host is a name of this machine, which no resolver has to know (RFC 6761 §6.3).
pub fn is_loopback_name(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_this_machine_are_known() {
        for (host, expected) in
            [("localhost", true), ("desk.localhost", true), ("localhost.example", false), ("notlocalhost", false)]
        {
            assert_eq!(is_loopback_name(host), expected, "{host}");
        }
    }
}
